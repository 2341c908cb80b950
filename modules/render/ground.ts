import type { RenderTemplate } from '../shapes/renderTemplate.js';

/** What is put behind a rendered product: an sRGB hex colour, a gradient, or null for nothing. */
export type Background = string | { top: string; bottom: string } | null;

/** Whether the studio has something behind the product that is rendered with it. */
export function hasRenderedBackdrop(template: RenderTemplate): boolean {
  return template.kind === 'blend' ? template.interface.backdrop.length > 0 : template.backdrop.kind === 'sweep';
}

/** Whether the product gets a soft shadow of its own under it. A .blend template brings its own ground. */
export function throwsShadow(template: RenderTemplate): boolean {
  return template.kind === 'studio' && template.floor.shadowCatcher;
}

export interface Ground {
  /** The product alone, without what the studio has behind it. */
  cutOut: boolean;
  background: Background;
  shadow: boolean;
}

/** What is behind and under the product in a picture. */
export function groundOf(
  template: RenderTemplate,
  params: { transparent: boolean; backdrop: boolean; backgroundColor: string; shadow: boolean },
): Ground {
  const cutOut = params.transparent || !params.backdrop;
  const isRoom = hasRenderedBackdrop(template) && !cutOut;
  return { cutOut, background: behind(), shadow: params.shadow && throwsShadow(template) && !isRoom };

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
