import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { sendPage } from './page.js';

/** Where `vite build` puts the console. */
const CLIENT_DIR = fileURLToPath(new URL('../dist/client', import.meta.url));

/** Addresses that are never pages of the console; unknown ones among them are answered with 404. */
const OURS = /^\/(api|assets|graphql|health|metrics|sign-in)(\/|$)/;

/** The built console: its files, and its page for every address that it routes itself. */
export function serveConsole(dir = CLIENT_DIR): Router {
  const router = Router();
  const index = path.join(dir, 'index.html');
  router.use(
    express.static(dir, {
      index: false,
      redirect: false,
      setHeaders: (response, file) => {
        // Vite puts a hash into the name of everything below static/.
        const isHashed = path.relative(dir, file).startsWith(`static${path.sep}`);
        response.set('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
  router.get('/{*path}', (request: Request, response: Response, next: NextFunction) => {
    if (OURS.test(request.path) || path.extname(request.path) || !request.accepts('html')) return next();
    if (!existsSync(index))
      return sendPage(response, 503, 'The console is not built yet', [
        '"npm start" builds it. To build it by hand: npx vite build.',
      ]);
    response.set('Cache-Control', 'no-cache').sendFile(index, { dotfiles: 'allow' });
  });
  return router;
}
