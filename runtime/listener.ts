import pg from 'pg';

const RECONNECT_MS = 500;

/** A LISTEN connection that comes back by itself. Notifications sent while it was away are lost: `onReconnected` says when to look. */
export class Listener {
  private client: Promise<pg.Client> | null = null;
  private isClosed = false;

  constructor(
    private readonly databaseUrl: string,
    private readonly channel: string,
    private readonly onPayload: (payload: string) => void,
    private readonly onReconnected: () => void,
  ) {}

  /** Connects at the first call; resolves when notifications arrive from now on. */
  async ready(): Promise<void> {
    this.client ??= this.connect().catch((error) => {
      this.client = null;
      throw error;
    });
    await this.client;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const client = await this.client?.catch(() => null);
    await client?.end();
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      keepAlive: true,
      application_name: this.channel,
    });
    client.on('notification', ({ payload = '' }) => this.onPayload(payload));
    client.on('error', () => this.reconnect());
    client.on('end', () => this.reconnect());
    await client.connect();
    await client.query(`LISTEN ${this.channel}`);
    return client;
  }

  private reconnect(): void {
    if (this.isClosed || !this.client) return;
    this.client = null;
    const attempt = () => {
      if (this.isClosed) return;
      this.ready().then(this.onReconnected, () => setTimeout(attempt, RECONNECT_MS).unref());
    };
    attempt();
  }
}
