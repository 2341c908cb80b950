/** What a column of an export of old output types says: the names it may have there, in words, and what it means. */
export interface LegacyColumn {
  /** In lower case with underscores; capitals, blanks and hyphens count as the same. */
  names: readonly [string, ...string[]];
  description: string;
}

/** The columns that are understood; every other one is taken for a render setting. */
export const LEGACY_COLUMNS = {
  id: {
    names: ['id', 'legacy_id', 'uuid'],
    description: 'What the old world called it. A row with an id that was imported before is left alone.',
  },
  key: { names: ['key', 'slug', 'code'], description: 'Stands in where there is no id.' },
  name: { names: ['name', 'title', 'label'], description: 'What it is called. The only column that must be there.' },
  description: { names: ['description'], description: 'What the customer gets.' },
  visibility: { names: ['visibility'], description: '“public”, “internal” or “hidden”; left out: public.' },
  isActive: { names: ['is_active', 'active', 'enabled'], description: 'Yes or no; no hides it.' },
  sortOrder: { names: ['sort_order', 'position'], description: 'Place in lists: a whole number, smaller comes first.' },
  artifactKind: {
    names: ['artifact_kind', 'kind'],
    description: 'What comes out: “still_image”, “turntable_video”, …; left out: told from the settings.',
  },
  isAnimation: { names: ['is_animation', 'animated'], description: 'Yes or no; yes makes it a turntable.' },
  pricingTier: { names: ['pricing_tier', 'price_tier'], description: 'Key or name of a pricing tier that is here.' },
  categories: {
    names: ['compatible_categories', 'categories', 'category'],
    description: 'Products it is for: keys or names of categories that are here, separated by commas.',
  },
  settings: {
    names: ['render_settings', 'legacy_settings', 'settings'],
    description: 'The render settings: an object, in CSV written as JSON.',
  },
} as const satisfies Record<string, LegacyColumn>;

/** An export that can be taken in as it is. */
export const LEGACY_EXAMPLE = `id,name,description,visibility,sort_order,is_animation,render_settings
1017,Still 2K on white,2048 px for catalogues,public,1,no,"{""resolution"": ""2k"", ""samples"": 64, ""transparent"": false}"
1018,Turntable,Once round in two seconds,internal,2,yes,"{""frames"": 48, ""fps"": 24, ""format"": ""mp4""}"
`;
