import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { exrPicture, radiancePicture } from '../support/environmentPictures.js';
import { describeWith } from '../support/tools.js';
import { keepPicture, seriousViolations } from './support/browser.js';
import { useConsole } from './support/useConsole.js';

const sky = radiancePicture(64, 32, (_u, v) => (v < 0.5 ? [2, 2, 2] : [0.2, 0.2, 0.2]));

describeWith('chromium', 'the page of templates', () => {
  const session = useConsole({ colorScheme: 'light' });
  beforeAll(async () => {
    const { page } = session;
    await page.getByRole('link', { name: 'Templates' }).click();
  });
  const picture = (name: string) => keepPicture(session.page, name);
  const send = (name: string, buffer: Buffer) =>
    session.page
      .getByLabel('Environment image', { exact: true })
      .setInputFiles({ name, mimeType: 'image/vnd.radiance', buffer });

  it('takes in a picture of the surroundings, and says why it does not take another', async () => {
    const { page } = session;
    await page.getByText('No environment images yet').waitFor();
    await picture('none');
    await send('not.hdr', Buffer.from('not a picture'));
    await page.getByText('ENVIRONMENT_UNREADABLE').waitFor();
    await picture('refused');
    await send('sky.hdr', sky);
    await page.getByRole('link', { name: 'sky.hdr' }).waitFor();
    await page.getByRole('cell', { name: '64 × 32' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await picture('taken');
  });

  it.each([
    ['a Radiance picture', 'sky.hdr', null],
    ['an OpenEXR picture', 'dusk.exr', exrPicture(64, 32, (_u, v) => (v < 0.5 ? [2, 2, 2] : [0.2, 0.2, 0.2]))],
  ])('shows %s as bright as one likes, the right way up', async (_kind, name, file) => {
    const { page } = session;
    if (file) await send(name, file);
    await page.getByRole('button', { name: `View ${name}` }).click();
    const dialog = page.getByRole('dialog', { name });
    await dialog.getByText('64 × 32 pixels').waitFor();
    const stage = dialog.locator('.viewer-stage');
    /** Of the sky above the middle, and of the ground below it. */
    const brightness = async () => {
      const shot = sharp(await stage.screenshot());
      const { width, height } = await shot.metadata();
      const at = async (part: number) => {
        const area = { left: Math.round(width / 2) - 20, top: Math.round(height * part) - 10, width: 40, height: 20 };
        return (await sharp(await shot.clone().extract(area).toBuffer()).stats()).channels[0]!.mean;
      };
      return [await at(0.4), await at(0.6)] as const;
    };
    await expect.poll(async () => (await brightness())[0]).toBeGreaterThan(200);
    const [sky, ground] = await brightness();
    expect(sky).toBeGreaterThan(ground + 50);
    await stage.focus();
    for (let presses = 0; presses < 4; presses++) await page.keyboard.press('-');
    await dialog.getByText('-2 EV').waitFor();
    await expect.poll(async () => (await brightness())[1]).toBeLessThan(ground - 30);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(`view-${name}`);
    await page.keyboard.press('Escape');
  });

  it('shows how a large picture gets on, and lets it be cancelled', async () => {
    const { page, hartomat } = session;
    // Stays on its way until it is cancelled.
    await page.route('**/api/uploads?*', () => {});
    await send('large.hdr', sky);
    await page.getByRole('progressbar', { name: 'Upload of large.hdr' }).waitFor();
    await picture('sending');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel the upload of large.hdr' }).click();
    await page.getByText('The upload was cancelled.').waitFor();
    await page.unroute('**/api/uploads?*');
    await page.getByRole('button', { name: 'Dismiss large.hdr' }).click();
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    expect(await hartomat.platform.db.environmentImage.count()).toBe(2);
  });

  it('is put away and taken back', async () => {
    const { page } = session;
    await page.getByRole('button', { name: 'Archive: sky.hdr' }).click();
    await page.getByRole('region', { name: 'Notices' }).getByText('“sky.hdr” is archived.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Archive: sky.hdr' }).waitFor();
  });

  it('lights a new studio by it', async () => {
    const { page, hartomat, complaints } = session;
    await page.getByRole('button', { name: 'New studio' }).click();
    const dialog = page.getByRole('dialog', { name: 'New studio' });
    await dialog.getByLabel('Name', { exact: true }).first().fill('outdoors');
    await dialog.getByLabel('Label', { exact: true }).fill('Outdoors');
    const environment = dialog.getByRole('group', { name: 'Environment', exact: true });
    await environment.getByLabel('Picture').selectOption('sky.hdr');
    await environment.getByLabel('Rotation (°)').fill('90');
    await environment.scrollIntoViewIfNeeded();
    await picture('studio');
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Edit Outdoors' }).waitFor();
    const { spec } = await hartomat.platform.db.renderTemplate.findUniqueOrThrow({ where: { name: 'outdoors' } });
    expect(spec).toMatchObject({
      environment: { image: 'sky.hdr', strength: 1, rotationDeg: 90, lightingOnly: true },
    });
    expect(complaints).toEqual([]);
  });
});
