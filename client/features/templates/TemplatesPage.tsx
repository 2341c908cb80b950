import { EnvironmentImagesCard } from './EnvironmentImagesCard.js';
import { TemplatesSection } from './TemplatesSection.js';

/** The studios that products are shown in, and the pictures they are lit by. */
export function Component() {
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Templates · HartOMat</title>
      <header className="page-header">
        <h1>Templates</h1>
      </header>
      <TemplatesSection />
      <EnvironmentImagesCard />
    </main>
  );
}
