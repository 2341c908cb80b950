import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/tools.js';
import { keepPicture, openPage, seriousViolations } from './support/browser.js';
import type { StartedHartomat } from './support/startedHartomat.js';
import { useConsole } from './support/useConsole.js';

/** A workflow is built by hand; the tests go on from one another. */
describeWith('chromium', 'editing a graph', () => {
  const session = useConsole({ colorScheme: 'dark' });
  let hartomat: StartedHartomat;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    ({ hartomat, page, complaints } = session);
    const { id } = await hartomat.platform.db.workflow.create({
      data: {
        key: 'by_hand',
        name: 'By hand',
        family: 'cad_file',
        draft: { format: 1, family: 'cad_file', nodes: [], edges: [] },
      },
    });
    const globalId = Buffer.from(`Workflow:${id}`).toString('base64');
    await page.goto(new URL(`/workflows/${globalId}`, hartomat.url).href);
  });

  const palette = () => page.getByRole('complementary', { name: 'Palette' });
  const settings = () => page.getByRole('complementary', { name: /Settings of/ });
  const node = (id: string) => page.locator(`.react-flow__node[data-id=${id}]`);
  const port = (id: string, name: string, side: 'source' | 'target') =>
    node(id).locator(`.react-flow__handle.${side}[data-handleid=${name}]`);
  const draft = async () =>
    (await hartomat.platform.db.workflow.findUniqueOrThrow({ where: { key: 'by_hand' } })).draft as {
      nodes: { id: string; ui?: { label?: string } }[];
    };
  const nodeCount = () => page.locator('.react-flow__node').count();
  const edgeCount = () => page.locator('.react-flow__edge').count();

  async function drag(from: { x: number; y: number }, to: { x: number; y: number }) {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.mouse.up();
  }
  /** Once it stands still. */
  async function centre(of: ReturnType<Page['locator']>) {
    let last = '';
    await expect
      .poll(async () => {
        const before = last;
        last = JSON.stringify(await of.boundingBox());
        return last !== 'null' && last === before;
      })
      .toBe(true);
    const box = JSON.parse(last) as { x: number; y: number; width: number; height: number };
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** Again where the drawing moved away under the mouse, as it may when the settings beside it come or go. */
  const choose = (id: string) =>
    expect
      .poll(async () => {
        await node(id).locator('.node-head').click();
        const isChosen = page.locator(`.react-flow__node.selected[data-id=${id}]`).waitFor({ timeout: 2_000 });
        return isChosen.then(
          () => true,
          () => false,
        );
      })
      .toBe(true);

  it('offers the nodes of the family in its groups, and no others', async () => {
    await palette().getByRole('button', { name: 'STEP file' }).waitFor();
    expect(await palette().getByRole('heading').allTextContents()).toEqual(['CAD', 'Materials', 'Delivery']);
    expect(await palette().getByRole('button', { name: 'Still' }).count()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('adds nodes by a click and by the keyboard', async () => {
    await palette().getByRole('button', { name: 'STEP file' }).click();
    await node('resolve_step_path').waitFor();
    await page.locator('.react-flow__pane').click({ position: { x: 40, y: 40 } });
    await page.keyboard.press('/');
    await page.keyboard.type('glb');
    await page.keyboard.press('Enter');
    await node('export_glb').waitFor();
    await expect.poll(nodeCount).toBe(2);
    await page.getByText('Draft saved').waitFor();
    await expect.poll(async () => (await draft()).nodes.length).toBe(2);
  });

  it('says what is missing of an unfinished draft', async () => {
    await page.getByText(/1 error/).waitFor();
    await page.locator('.findings').getByText('Export GLB').first().waitFor();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Publish version 1' });
    await dialog.getByRole('alert').getByText('“Export GLB” needs something connected to “step”').waitFor();
    expect(await dialog.getByRole('button', { name: 'Publish version 1' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('connects what goes together, and nothing else', async () => {
    await page.getByRole('button', { name: 'Fit View' }).click();
    await expect.poll(async () => (await node('export_glb').boundingBox())?.width ?? 0).toBeGreaterThan(150);
    await drag(
      await centre(port('resolve_step_path', 'step', 'source')),
      await centre(port('export_glb', 'step', 'target')),
    );
    await expect.poll(edgeCount).toBe(1);
    await page.getByText(/1 error/).waitFor({ state: 'detached' });
  });

  it('goes from part to part of the editor by F6', async () => {
    await page.getByRole('searchbox', { name: 'Search the palette' }).focus();
    await page.keyboard.press('F6');
    await expect.poll(() => node('export_glb').evaluate((card) => card === document.activeElement)).toBe(true);
    await page.keyboard.press('F6');
    const close = page.getByRole('button', { name: 'Close the settings' });
    await expect.poll(() => close.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Shift+F6');
    await expect.poll(() => node('export_glb').evaluate((card) => card === document.activeElement)).toBe(true);
  });

  it('connects and disconnects by the keyboard alone, and offers only what fits', async () => {
    const step = settings().getByRole('combobox', { name: 'step' });
    await node('export_glb').focus();
    await page.keyboard.press('Enter');
    await settings().getByText('1 of 1 connected').press('Enter');
    expect(await step.getByRole('option').allTextContents()).toEqual(['Not connected', 'STEP file · step']);
    await step.focus();
    await page.keyboard.press('ArrowUp');
    await expect.poll(edgeCount).toBe(0);
    await settings().getByText('0 of 1 connected').waitFor();
    await page.keyboard.press('Control+z');
    await expect.poll(edgeCount).toBe(1);
    await page.getByText(/1 error/).waitFor({ state: 'detached' });
    expect(await seriousViolations(page)).toEqual([]);
    await node('export_glb').focus();
  });

  it('keeps the drawing still under a node that is dragged, and shows its settings once it is let go', async () => {
    await page.keyboard.press('Escape');
    await settings().waitFor({ state: 'detached' });
    const width = async () => (await page.locator('.graph').boundingBox())!.width;
    const wide = await width();
    const from = await centre(node('export_glb').locator('.node-head'));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + 40, from.y + 10, { steps: 4 });
    await page.locator('.react-flow__node.dragging.selected').waitFor();
    expect(await width()).toBe(wide);
    await page.mouse.move(from.x, from.y, { steps: 4 });
    await page.mouse.up();
    await settings().waitFor();
    expect(await width()).toBeLessThan(wide);
    // Nor do the settings cut it off.
    const endOf = async (of: ReturnType<Page['locator']>) => {
      const { x, width } = (await of.boundingBox())!;
      return x + width;
    };
    await expect
      .poll(async () => (await endOf(node('export_glb'))) - (await endOf(page.locator('.graph'))))
      .toBeLessThan(0);
  });

  it('offers what fits where a connection is let go', async () => {
    const from = await centre(port('resolve_step_path', 'step', 'source'));
    await drag(from, { x: from.x + 60, y: from.y + 220 });
    await palette().getByText('What goes with “step”').waitFor();
    expect(await palette().getByRole('button', { name: 'Notify' }).count()).toBe(0);
    await palette().getByRole('button', { name: 'Bounding box' }).click();
    await node('compute_bbox').waitFor();
    await expect.poll(edgeCount).toBe(2);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('names, copies, deletes and takes it all back', async () => {
    await settings().getByLabel('Name').fill('Size');
    await node('compute_bbox').getByText('Size').waitFor();
    await choose('compute_bbox');
    await page.keyboard.press('Control+d');
    await expect.poll(nodeCount).toBe(4);
    await page.keyboard.press('Delete');
    await expect.poll(nodeCount).toBe(3);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(nodeCount).toBe(4);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(nodeCount).toBe(3);
    await expect.poll(edgeCount).toBe(2);
  });

  it('says how a node runs, within the limits of a graph', async () => {
    const policyOf = async () => (await draft()).nodes.find(({ id }) => id === 'compute_bbox');
    await choose('compute_bbox');
    const number = (name: string) => settings().getByRole('spinbutton', { name });
    const [attempts, limit] = [number('Attempts'), number('Time limit')];
    await settings().getByRole('radio', { name: 'Go on without it' }).check();
    expect(await settings().getByRole('radio').count()).toBe(2);
    await limit.fill('90');
    await settings().getByText('1 min 30 s').waitFor();
    await attempts.fill('0');
    await settings().getByText('Must be at least 1.').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await attempts.fill('5');
    const wait = Number(await number('Wait before the second').inputValue());
    await expect
      .poll(policyOf)
      .toMatchObject({ onFailure: 'continue', timeoutMs: 90_000, retry: { attempts: 5, backoffMs: wait * 1000 } });
    await page.getByText('Draft saved').waitFor();
    await settings()
      .getByRole('button', { name: /Reset Time limit/ })
      .click();
    await expect.poll(policyOf).not.toHaveProperty('timeoutMs');
  });

  it('keeps what was built, without being told to', async () => {
    await page.getByText('Not published yet').waitFor();
    await expect.poll(async () => (await draft()).nodes.length).toBe(3);
    await page.reload();
    await node('compute_bbox').getByText('Size').waitFor();
    await expect.poll(nodeCount).toBe(3);
    await expect.poll(edgeCount).toBe(2);
    expect(complaints).toEqual([]);
  });

  const rename = async (name: string) => {
    await choose('compute_bbox');
    await settings().getByLabel('Name').fill(name);
  };
  const savedName = async () => (await draft()).nodes.find(({ id }) => id === 'compute_bbox')?.ui?.label;
  const undo = () => page.getByRole('button', { name: 'Undo' }).click();

  it('saves what is left, and can still take it back after coming back', async () => {
    await rename('Extent');
    await page.getByRole('link', { name: 'Workflows' }).click();
    await page.getByRole('heading', { name: 'Workflows' }).waitFor();
    expect(await savedName()).toBe('Extent');
    await page.goBack();
    await node('compute_bbox').getByText('Extent').waitFor();
    await undo();
    await node('compute_bbox').getByText('Size').waitFor();
    await expect.poll(savedName).toBe('Size');
  });

  it('says that it cannot save while the server is away, asks before such changes are left, and catches up', async () => {
    await page.context().setOffline(true);
    await rename('Offline');
    await page.getByText('Not saved: the server does not answer').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Workflows' }).click();
    const leaving = page.getByRole('dialog', { name: 'Leave without saving?' });
    await leaving.getByText('changes that could not be saved: Offline').waitFor();
    await leaving.getByRole('button', { name: 'Stay here' }).click();
    await leaving.waitFor({ state: 'detached' });
    await page.context().setOffline(false);
    await page.getByText('Draft saved').waitFor();
    expect(await savedName()).toBe('Offline');
    complaints.length = 0;
  });

  const changeElsewhere = async (label: string) => {
    const graph = await draft();
    await hartomat.platform.db.workflow.update({
      where: { key: 'by_hand' },
      data: {
        draftRevision: { increment: 1 },
        draft: {
          ...graph,
          nodes: graph.nodes.map((each) =>
            each.id === 'compute_bbox' ? { ...each, ui: { ...each.ui, label } } : each,
          ),
        },
      },
    });
  };
  /** Changes the draft while the server is away, closes the window, and opens another. */
  const changeAndClose = async (label: string) => {
    const address = page.url();
    const context = page.context();
    await context.setOffline(true);
    await rename(label);
    await page.getByText('Kept in this browser').waitFor();
    await page.close();
    await context.setOffline(false);
    ({ page, complaints } = await openPage(context));
    return () => page.goto(address);
  };

  it('brings back what was not saved when the window was closed', async () => {
    await (await changeAndClose('Kept'))();
    await page.getByText('Changes that had not been saved are back').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await node('compute_bbox').getByText('Kept').waitFor();
    await expect.poll(savedName).toBe('Kept');
    await page.getByRole('button', { name: 'Discard them' }).click();
    await expect.poll(savedName).toBe('Offline');

    const reopen = await changeAndClose('Kept again');
    await changeElsewhere('Theirs meanwhile');
    await reopen();
    await page.getByText('This draft was changed elsewhere').waitFor();
    await page.getByRole('button', { name: 'Save mine over it' }).click();
    await expect.poll(savedName).toBe('Kept again');
    await page.getByText('Draft saved').waitFor();
    await page.reload();
    await node('compute_bbox').getByText('Kept again').waitFor();
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('draft')))).toEqual([]);
  });

  it('lets people choose when the draft was changed elsewhere', async () => {
    await changeElsewhere('Theirs');
    await rename('Mine');
    await page.getByText('This draft was changed elsewhere').waitFor();
    await page.getByText('Not saved: changed elsewhere').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show theirs' }).click();
    await node('compute_bbox').getByText('Theirs').waitFor();
    await undo();
    await node('compute_bbox').getByText('Mine').waitFor();
    await expect.poll(savedName).toBe('Mine');

    await changeElsewhere('Theirs again');
    await rename('Mine again');
    await page.getByRole('button', { name: 'Save mine over it' }).click();
    await page.getByText('Draft saved').waitFor();
    expect(await savedName()).toBe('Mine again');
    expect(complaints).toEqual([]);
  });

  it('connects what the server says goes together, whatever that is', async () => {
    const end = (step: string, name: string) => ({ step, port: name, __typename: 'LinkEnd' });
    await page.route('**/graphql', async (route) => {
      if (route.request().postDataJSON()?.operationName !== 'LegalLinks') return route.fallback();
      const link = { from: end('export_glb', 'glb'), to: end('compute_bbox', 'step'), __typename: 'LegalLink' };
      await route.fulfill({ json: { data: { legalLinks: [link] } } });
    });
    await page.reload();
    await node('export_glb').locator('.node-head').waitFor();
    await page.getByRole('button', { name: 'Fit View' }).click();
    const into = (id: string) => page.locator(`.react-flow__edge[data-id$=">${id}.step"]`);
    const from = (id: string, name: string) => page.locator(`.react-flow__edge[data-id^="${id}.${name}>"]`);
    await into('export_glb').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Delete');
    await expect.poll(() => into('export_glb').count()).toBe(0);

    await drag(
      await centre(port('resolve_step_path', 'step', 'source')),
      await centre(port('export_glb', 'step', 'target')),
    );
    await drag(await centre(port('export_glb', 'glb', 'source')), await centre(port('compute_bbox', 'step', 'target')));
    await expect.poll(() => from('export_glb', 'glb').count()).toBe(1);
    expect(await into('export_glb').count()).toBe(0);
    await page.getByText('EDGE_INCOMPATIBLE').first().waitFor();
    await choose('export_glb');
    const step = settings().getByRole('combobox', { name: 'step' });
    expect(await step.getByRole('option').allTextContents()).toEqual(['Not connected']);
    await page.unroute('**/graphql');
    await undo();
    await undo();
    await expect.poll(() => into('export_glb').count()).toBe(1);
    await page.getByText('Draft saved').waitFor();
  });

  it('renames a workflow, exports it, makes another of the file, and puts that one into the archive', async () => {
    await page.getByRole('button', { name: 'About' }).click();
    const about = page.getByRole('dialog', { name: 'About the workflow' });
    await about.getByLabel('Name').fill('Built by hand');
    await about.getByLabel('What it is for').fill('For trying things.');
    expect(await seriousViolations(page)).toEqual([]);
    await about.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Built by hand' }).waitFor();

    await page.getByRole('button', { name: 'About' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      about.getByRole('button', { name: 'Export the draft' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('by_hand.json');
    const file = await download.path();
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(await draft());
    await page.keyboard.press('Escape');

    await page.getByRole('link', { name: 'Workflows' }).click();
    await page.getByRole('button', { name: 'New workflow' }).click();
    const making = page.getByRole('dialog', { name: 'New workflow' });
    await making.getByLabel('Name').fill('A copy');
    await making.getByLabel('Begin with').selectOption('An exported file …');
    await making.getByLabel('File', { exact: true }).setInputFiles(file);
    await expect.poll(() => making.getByLabel('Family').inputValue()).toBe('cad_file');
    await making.getByRole('button', { name: 'Make the workflow' }).click();
    await page.getByRole('heading', { name: 'A copy' }).waitFor();
    await expect.poll(nodeCount).toBe(3);

    await page.getByRole('button', { name: 'About' }).click();
    await about.getByRole('button', { name: 'Archive' }).click();
    await page.getByText('Archived: read only').waitFor();
    expect(await page.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Workflows' }).click();
    await page.getByRole('link', { name: 'Built by hand' }).waitFor();
    expect(await page.getByRole('link', { name: 'A copy' }).count()).toBe(0);
    await page.getByLabel('Show the archive').click();
    await page.getByRole('link', { name: 'A copy' }).waitFor();
    expect(await page.getByRole('link', { name: 'Built by hand' }).count()).toBe(0);
    await page.getByRole('searchbox', { name: 'Search the workflows' }).fill('Nobody');
    await page.getByText('No workflow is called “Nobody”').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows a draft of two families without letting it be changed, and divides it', async () => {
    const { id } = await hartomat.platform.db.workflow.create({
      data: {
        key: 'mixed',
        name: 'Everything at once',
        family: 'cad_file',
        draft: {
          format: 1,
          family: 'cad_file',
          nodes: [
            { id: 'step', step: 'resolve_step_path', params: {}, onFailure: 'halt' },
            { id: 'glb', step: 'export_glb', params: {}, onFailure: 'halt' },
            { id: 'thumbnail', step: 'render_thumbnail', params: {}, onFailure: 'halt' },
            { id: 'template', step: 'resolve_template', params: {}, onFailure: 'halt' },
            { id: 'still', step: 'blender_still', params: {}, onFailure: 'halt' },
          ],
          edges: [
            { from: { node: 'step', port: 'step' }, to: { node: 'glb', port: 'step' } },
            { from: { node: 'glb', port: 'glb' }, to: { node: 'thumbnail', port: 'glb' } },
            { from: { node: 'glb', port: 'glb' }, to: { node: 'still', port: 'glb' } },
            { from: { node: 'template', port: 'template' }, to: { node: 'still', port: 'template' } },
          ],
        },
      },
    });
    const address = new URL(`/workflows/${Buffer.from(`Workflow:${id}`).toString('base64')}`, hartomat.url).href;
    await page.goto(address);
    await page.getByText('Mixes families: read only').waitFor();
    await page.getByText('ENTRY_NODE_WRONG_FAMILY').waitFor();
    expect(await palette().count()).toBe(0);
    await node('still').locator('.node-head').click();
    await page.keyboard.press('Delete');
    expect(await nodeCount()).toBe(5);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Divide by family' }).click();
    await page.getByRole('heading', { name: 'Everything at once (Order rendering)' }).waitFor();
    await expect.poll(nodeCount).toBe(4);
    await page.goto(address);
    await palette().waitFor();
    await expect.poll(nodeCount).toBe(3);
    expect(complaints).toEqual([]);
  });

  it('has the palette over the graph where there is no room beside it', async () => {
    const add = page.getByRole('button', { name: 'Add a node' });
    expect(await add.isVisible()).toBe(false);
    const before = await nodeCount();
    await page.setViewportSize({ width: 390, height: 844 });
    await palette().waitFor({ state: 'hidden' });
    await add.click();
    const search = page.getByRole('searchbox', { name: 'Search the palette' });
    await expect.poll(() => search.evaluate((field) => field === document.activeElement)).toBe(true);
    await keepPicture(page, 'palette');
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await palette().waitFor({ state: 'hidden' });
    await add.click();
    await palette().getByRole('button', { name: 'Add Bounding box' }).click();
    await settings().waitFor();
    await palette().waitFor({ state: 'hidden' });
    await expect.poll(nodeCount).toBe(before + 1);
    // Beside a panel there is no room either.
    await page.setViewportSize({ width: 1000, height: 844 });
    await add.click();
    await palette().getByRole('button', { name: 'Close the palette' }).click();
    await palette().waitFor({ state: 'hidden' });
    await page.setViewportSize({ width: 1440, height: 900 });
    await palette().waitFor();
    expect(complaints).toEqual([]);
  });
});
