import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Makes everything read-only but the directories up to `--`, and becomes the program that follows. Files that are devices can be
 * written to all the same, and /proc and /sys are the system's own. */
const CONFINE = `set -e
mount --make-rprivate /
points=$(cut -d' ' -f5 /proc/self/mountinfo)
while [ "$1" != -- ]; do mount --bind "$1" "$1"; shift; done
shift
for point in $points; do
  case $point in /proc|/proc/*|/sys|/sys/*) ;; *) mount -o remount,bind,ro "$point";; esac
done
exec "$@"`;

/** The command that starts a program which, with all its children, can write nowhere but below `directories`: in a mount namespace of
 * its own, as root, or as anybody where the system allows user namespaces. Null where the system does neither. */
export async function confinedTo(directories: readonly string[]): Promise<string[] | null> {
  for (const unshare of [
    ['unshare', '--mount', '--'],
    ['unshare', '--map-root-user', '--mount', '--'],
  ]) {
    const command = [...unshare, 'sh', '-c', CONFINE, 'sh', ...directories, '--'];
    const [program, ...args] = command;
    const works = await promisify(execFile)(program!, [...args, 'true']).then(
      () => true,
      () => false,
    );
    if (works) return command;
  }
  return null;
}
