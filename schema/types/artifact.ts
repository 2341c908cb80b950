import { canHaveThumbnail, THUMBNAIL_PX } from '../../runtime/library/thumbnail.js';
import { builder } from '../builder.js';

export const ArtifactNode = builder.prismaNode('Artifact', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  description: 'An immutable file of the artifact store.',
  fields: (t) => ({
    role: t.exposeString('role', { description: 'What it is for inside a workflow, for example `glb_model`.' }),
    mediaType: t.exposeString('mediaType', { description: 'IANA media type.' }),
    sha256: t.exposeString('sha256', { description: 'Hash of the bytes, lower-case hex.' }),
    byteSize: t.float({
      description: 'Size in bytes.',
      select: { byteSize: true },
      resolve: (artifact) => Number(artifact.byteSize),
    }),
    fileName: t.exposeString('fileName', { description: 'A name to save it under, with extension.' }),
    metadata: t.field({
      type: 'JSON',
      description: 'Facts about the content (widthPx, heightPx, triangleCount, …).',
      select: { metadata: true },
      resolve: (artifact) => artifact.metadata,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made or uploaded.' }),
    nodeId: t.exposeString('nodeId', {
      nullable: true,
      description: 'The workflow node that made it; null for uploads.',
    }),
    url: t.string({
      description: 'Signed address of the bytes, good for at least an hour. Takes range requests.',
      select: { id: true, fileName: true },
      resolve: (artifact, _args, ctx) => ctx.artifactUrl(artifact),
    }),
    thumbnailUrl: t.string({
      nullable: true,
      description: `Signed address of a small WebP of it (${THUMBNAIL_PX} × ${THUMBNAIL_PX} px at most), good for at least an hour; null: it is no picture that browsers show.`,
      select: { id: true, fileName: true, mediaType: true },
      resolve: (artifact, _args, ctx) => (canHaveThumbnail(artifact) ? ctx.thumbnailUrl(artifact) : null),
    }),
  }),
});
