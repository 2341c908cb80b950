// Plain JavaScript without dependencies: this runs before anything is installed.

/** Where the time of a start goes. Phases may overlap. */
export class Phases {
  /** @type {{ name: string, fromMs: number, toMs: number }[]} */
  done = [];

  /** Milliseconds since the process began. */
  now = () => performance.now();

  /** Times some work.
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} work
   * @returns {Promise<T>} */
  async time(name, work) {
    const fromMs = this.now();
    try {
      return await work();
    } finally {
      this.done.push({ name, fromMs, toMs: this.now() });
    }
  }

  /** Records what has happened since the last phase ended.
   * @param {string} name */
  mark(name) {
    const fromMs = this.done.at(-1)?.toMs ?? 0;
    this.done.push({ name, fromMs, toMs: this.now() });
  }

  /** One line a phase, by begin; what took no time to speak of is left out.
   * @returns {string[]} */
  table() {
    const seconds = (ms) => (ms / 1000).toFixed(1).padStart(6);
    const rows = this.done.filter(({ fromMs, toMs }) => toMs - fromMs >= 50).sort((a, b) => a.fromMs - b.fromMs);
    return [
      '  from s    to s  took s  what',
      ...rows.map(
        ({ name, fromMs, toMs }) => `  ${seconds(fromMs)}  ${seconds(toMs)}  ${seconds(toMs - fromMs)}  ${name}`,
      ),
    ];
  }
}
