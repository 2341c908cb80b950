import helmet from 'helmet';
import type { Handler } from './chain.js';

/** What a handler sets that sets the same on every answer. */
function recorded(handler: ReturnType<typeof helmet>): [name: string, value: string][] {
  const set: [string, string][] = [];
  const setHeader = (name: string, value: string) => set.push([name, value]);
  handler({} as never, { setHeader, removeHeader() {} } as never, (error) => {
    if (error) throw error;
  });
  return set;
}

const headers = recorded(
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // React Flow positions its nodes by style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        // Textures of a GLB become blob: URLs in the 3D viewer.
        imgSrc: ["'self'", 'blob:', 'data:'],
        connectSrc: ["'self'", 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'", 'data:'],
        workerSrc: ["'self'", 'blob:'],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
  }),
);

/** Tells browsers what pages of ours never do. Asking helmet anew for each answer would take ten times as long. */
export const securityHeaders: Handler = (_request, response, next) => {
  for (const [name, value] of headers) response.setHeader(name, value);
  next();
};
