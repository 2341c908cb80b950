/** What a client may ask for, and the one statement that a person would write for exactly this. */
export interface Selection {
  name: string;
  /** With the variable `$at`: a cursor, or where it is about one object, its id. Null: the list from its beginning. */
  query: string;
  /** The type of what `at` names, and the first digit of its ids (data.ts). Null: nothing depends on it. */
  at: { typename: string; kind: string; isCursor: boolean } | null;
  /** Gives one row with one text: the JSON of the same objects with the same values, as far as the database has them. With `at`, `$1`
   * is the id that it names. */
  sql: (at: boolean) => string;
}

/** What lies behind the row whose id is `$1`. */
const behind = (at: boolean, table: string, columns: string) =>
  at ? `(${columns}) < (select ${columns} from ${table} where id = $1)` : 'true';

/** The one the aim is set for comes first. */
export const SELECTIONS: readonly Selection[] = [
  {
    name: '50 runs × 12 node runs and workflow name',
    query: `query Runs($at: String) {
      runs(first: 50, after: $at) { edges { node {
        id status createdAt workflow { name }
        nodeRuns { id nodeId step status startedAt finishedAt }
      } } }
    }`,
    at: { typename: 'Run', kind: '8', isCursor: true },
    sql: (at) => `select json_build_object('data', json_agg(row))::text from (
      select r.id, r.status, r.created_at,
        (select json_build_object('name', w.name) from workflow w where w.id = r.workflow_id) as workflow,
        (select json_agg(json_build_object('id', n.run_id || ':' || n.idx, 'nodeId', n.node_id, 'step', n.step,
            'status', n.status, 'startedAt', n.started_at, 'finishedAt', n.finished_at) order by n.idx)
          from node_run n where n.run_id = r.id) as "nodeRuns"
      from (select * from run where ${behind(at, 'run', 'created_at, id')} order by created_at desc, id desc limit 50) r
    ) row`,
  },
  {
    name: '50 runs for a table: title, order line, product, version',
    query: `query Table($at: String) { runs(first: 50, after: $at, filter: { status: [failed, succeeded] }) {
      edges { cursor node {
        id title status progress createdAt finishedAt
        workflow { id name } workflowVersion { number }
        orderLine { id lineNumber order { number } product { id sku name } outputType { name } }
      } }
      pageInfo { hasNextPage endCursor }
    } }`,
    at: { typename: 'Run', kind: '8', isCursor: true },
    sql: (at) => `select json_build_object('data', json_agg(row))::text from (
      select r.id, r.status, r.created_at, r.finished_at, p.name || o.name as title,
        (select avg(n.progress) from node_run n where n.run_id = r.id) as progress,
        (select json_build_object('id', w.id, 'name', w.name) from workflow w where w.id = r.workflow_id) as workflow,
        (select json_build_object('number', v.number) from workflow_version v where v.id = r.workflow_version_id) as "workflowVersion",
        json_build_object('id', l.id, 'lineNumber', l.line_number, 'order', json_build_object('number', d.number),
          'product', json_build_object('id', p.id, 'sku', p.sku, 'name', p.name),
          'outputType', json_build_object('name', o.name)) as "orderLine"
      from (select * from run where status in ('failed', 'succeeded') and ${behind(at, 'run', 'created_at, id')} order by created_at desc, id desc limit 51) r
      join order_line l on l.id = r.order_line_id join "order" d on d.id = l.order_id
      join product p on p.id = l.product_id join output_type o on o.id = l.output_type_id
      order by r.created_at desc, r.id desc
    ) row`,
  },
  {
    name: '50 orders with lines, products, runs, assets',
    query: `query Orders($at: String) { orders(first: 50, after: $at) { edges { node {
      id number createdAt
      lines {
        id lineNumber quantity product { sku name } outputType { name }
        runs { id status finishedAt } assets { id name kind }
      }
    } } } }`,
    at: { typename: 'Order', kind: '6', isCursor: true },
    sql: (at) => `select json_build_object('data', json_agg(row))::text from (
      select d.id, d.number, d.created_at, (
        select json_agg(json_build_object('id', l.id, 'lineNumber', l.line_number, 'quantity', l.quantity,
          'product', json_build_object('sku', p.sku, 'name', p.name), 'outputType', json_build_object('name', o.name),
          'runs', (select json_agg(json_build_object('id', r.id, 'status', r.status, 'finishedAt', r.finished_at)) from run r where r.order_line_id = l.id),
          'assets', (select json_agg(json_build_object('id', a.id, 'name', a.name, 'kind', a.kind)) from asset a where a.order_line_id = l.id)
        ) order by l.line_number)
        from order_line l join product p on p.id = l.product_id join output_type o on o.id = l.output_type_id
        where l.order_id = d.id) as lines
      from (select * from "order" where ${behind(at, '"order"', 'number')} order by number desc limit 50) d
    ) row`,
  },
  {
    name: '100 assets with signed addresses',
    query: `query Assets($at: String) { assets(first: 100, after: $at) { edges { node {
      id name kind version isLatest publishedAt
      artifact { id mediaType byteSize metadata url } product { name }
    } } } }`,
    at: { typename: 'Asset', kind: 'a', isCursor: true },
    sql: (at) => `select json_build_object('data', json_agg(row))::text from (
      select a.id, a.name, a.kind, a.version, a.superseded_at, a.published_at,
        json_build_object('id', f.id, 'mediaType', f.media_type, 'byteSize', f.byte_size, 'metadata', f.metadata, 'fileName', f.file_name) as artifact,
        json_build_object('name', p.name) as product
      from (select * from asset where ${behind(at, 'asset', 'published_at, id')} order by published_at desc, id desc limit 100) a
      join artifact f on f.id = a.artifact_id left join product p on p.id = a.product_id
    ) row`,
  },
  {
    name: 'one run with its node runs',
    query: `query Run($at: ID!) { run(id: $at) {
      id status createdAt workflow { name } nodeRuns { id nodeId step status startedAt finishedAt }
    } }`,
    at: { typename: 'Run', kind: '8', isCursor: false },
    sql: () => `select json_build_object('data', json_build_object('id', r.id, 'status', r.status, 'createdAt', r.created_at,
        'workflow', (select json_build_object('name', w.name) from workflow w where w.id = r.workflow_id),
        'nodeRuns', (select json_agg(json_build_object('id', n.run_id || ':' || n.idx, 'nodeId', n.node_id, 'step', n.step,
            'status', n.status, 'startedAt', n.started_at, 'finishedAt', n.finished_at) order by n.idx)
          from node_run n where n.run_id = r.id)))::text
      from run r where r.id = $1`,
  },
  {
    name: 'who is asking',
    query: '{ viewer { name role } }',
    at: null,
    sql: () =>
      `select json_build_object('data', json_build_object('viewer', json_build_object('name', 'Admin token', 'role', 'admin')))::text`,
  },
];
