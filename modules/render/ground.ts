import type { RenderTemplate } from '../shapes/renderTemplate.js';

/** What is put behind a rendered product: an sRGB hex colour, a gradient, or null for nothing. */
export type Background = string | { top: string; bottom: string } | null;

/** Whether the studio has something behind the product that is rendered with it. */
export function hasRenderedBackdrop(template: RenderTemplate): boolean {
  if (template.environment?.lightingOnly === false) return true;
  return template.kind === 'blend' ? template.interface.backdrop.length > 0 : template.backdrop.kind === 'sweep';
}

/** Whether the product gets a soft shadow of its own under it. A .blend template brings its own ground. */
function throwsShadow(template: RenderTemplate): boolean {
  return template.kind === 'studio' && template.floor.shadowCatcher;
}

/** What of the studio is in the rendered picture. */
export interface Shown {
  /** The product alone, without what the studio has behind it. */
  cutOut: boolean;
  /** The studio's own backdrop is rendered with the product, so the picture is opaque. */
  isRoom: boolean;
  shadow: boolean;
}

/** @param params `shadow`: whether one is wanted. A rendered backdrop shows the true one. */
export function shownOf(template: RenderTemplate, params: { cutOut: boolean; shadow: boolean }): Shown {
  const isRoom = hasRenderedBackdrop(template) && !params.cutOut;
  return { cutOut: params.cutOut, isRoom, shadow: params.shadow && throwsShadow(template) && !isRoom };
}

/** What is behind and under the product in a picture. */
export interface Ground extends Shown {
  background: Background;
}

export function groundOf(
  template: RenderTemplate,
  params: { transparent: boolean; backdrop: boolean; backgroundColor: string; shadow: boolean },
): Ground {
  const cutOut = params.transparent || !params.backdrop;
  return { ...shownOf(template, { cutOut, shadow: params.shadow }), background: behind() };

  function behind(): Background {
    if (params.transparent) return null;
    if (template.kind === 'studio' && params.backdrop) {
      if (template.backdrop.kind === 'color') return template.backdrop.color;
      if (template.backdrop.kind === 'gradient')
        return { top: template.backdrop.top, bottom: template.backdrop.bottom };
    }
    return params.backgroundColor;
  }
}
