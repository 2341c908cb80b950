/** Lines for people, and one changing status line below them where the output is a terminal. */
export class Terminal {
  private statusText = '';
  private lastStatusAt = 0;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

  say = (line: string): void => {
    this.clear();
    this.out.write(`${line}\n`);
    this.draw();
  };

  /** Shows what is going on right now; in a file or pipe a line every few seconds is enough. */
  status(text: string): void {
    if (text === this.statusText) return;
    if (this.out.isTTY) {
      this.clear();
      this.statusText = text;
      this.draw();
    } else if (Date.now() - this.lastStatusAt > 3_000) {
      this.lastStatusAt = Date.now();
      this.statusText = text;
      this.out.write(`${text}\n`);
    }
  }

  endStatus(): void {
    this.clear();
    this.statusText = '';
  }

  private clear(): void {
    if (this.out.isTTY && this.statusText) this.out.write('\r\x1b[K');
  }

  private draw(): void {
    if (this.out.isTTY && this.statusText) this.out.write(this.statusText.slice(0, (this.out.columns || 80) - 1));
  }
}
