import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { onPath } from '../../scripts/lib/debian.mjs';

/** Debian's OpenCascade, driven by its test harness; the time is taken inside, without its start. */
export class Native {
  private constructor(
    private readonly program: string,
    private readonly dir: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async find(dir: string): Promise<Native | undefined> {
    const program = onPath('occt-draw') ?? onPath('DRAWEXE');
    if (!program) return undefined;
    // Debian installs the libraries under their version only; the harness looks for plug-ins by the bare name.
    const libraries = path.join(dir, 'lib');
    await mkdir(libraries);
    for (const system of ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib']) {
      for (const file of await readdir(system).catch(() => [])) {
        const bare = /^(libTK\w+\.so)\.\d+$/.exec(file)?.[1];
        if (bare) await symlink(path.join(system, file), path.join(libraries, bare)).catch(() => {});
      }
    }
    return new Native(program, dir, { ...process.env, LD_LIBRARY_PATH: libraries });
  }

  /** Milliseconds to read a file with names and colours and to mesh it, in a process that has read it before. */
  async readAndMesh(stepPath: string, linearMm: number, angularDeg: number): Promise<number> {
    const script = path.join(this.dir, 'native.tcl');
    const turn = (name: string) => `set t [clock microseconds]
ReadStep ${name} {${stepPath}}
XGetOneShape shape_${name} ${name}
incmesh shape_${name} ${linearMm} -a ${angularDeg}
puts "TOOK_US [expr [clock microseconds]-$t]"
`;
    await writeFile(script, `pload MODELING XDE\n${turn('first')}${turn('second')}exit\n`);
    const { stdout } = await promisify(execFile)(this.program, ['-b', '-f', script], {
      env: this.env,
      maxBuffer: 64 * 1024 * 1024,
    });
    const took = [...stdout.matchAll(/TOOK_US (\d+)/g)].map(([, us]) => Number(us) / 1000);
    if (took.length !== 2) throw new Error(`Native OpenCascade did not finish: ${stdout.slice(-500)}`);
    return took[1]!;
  }
}
