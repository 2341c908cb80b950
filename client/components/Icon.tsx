const PATHS = {
  alert: 'M10 3.2 17.6 16.5H2.4zM10 8v3.6M10 14v.1',
  arrowLeft: 'M16 10H4M9 5l-5 5 5 5',
  arrowRight: 'M4 10h12M11 5l5 5-5 5',
  box: 'M10 2.6 16.4 6.2v7.6L10 17.4l-6.4-3.6V6.2zM3.6 6.2 10 9.9l6.4-3.7M10 9.9v7.5',
  camera: 'M3 6.5h3l1.4-2h5.2l1.4 2h3v9H3zM10 13.6a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6z',
  check: 'm4 10.5 4 4 8-9',
  chevronDown: 'm5 7.5 5 5 5-5',
  chevronRight: 'm7.5 5 5 5-5 5',
  circle: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4.2l2.8 1.7',
  close: 'm5 5 10 10M15 5 5 15',
  code: 'm7 6-4 4 4 4M13 6l4 4-4 4',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  cube: 'M4 6.2 10 3l6 3.2v7.6L10 17l-6-3.2zM4 6.2l6 3.2 6-3.2M10 9.4V17',
  download: 'M10 3v9.5M6 9l4 4 4-4M4 16.5h12',
  expand: 'M12 4h4v4M8 16H4v-4M16 4l-5 5M4 16l5-5',
  file: 'M5 2.8h6.5L15 6.3v10.9H5zM11.2 3v3.6h3.6',
  filter: 'M3 5h14M6 10h8M8.5 15h3',
  flow: 'M3 4h5v4H3zM12 12h5v4h-5zM8 6h3a2 2 0 0 1 2 2v4',
  help: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM7.8 8a2.2 2.2 0 1 1 3.3 1.9c-.8.5-1.1.9-1.1 1.8M10 13.9v.1',
  image: 'M3 4h14v12H3zM3.5 14l4-4.5 3.2 3.4 2.3-2.2 3.6 3.6M13 8.2v.1',
  inbox: 'M3 11.5 5.2 4h9.6L17 11.5V16H3zM3 11.5h4l1 2h4l1-2h4',
  info: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 9v4.5M10 6.5v.1',
  layers: 'm10 3 7 3.8-7 3.8-7-3.8zM3 10.4l7 3.8 7-3.8M3 13.6l7 3.6 7-3.6',
  library: 'M3.5 3.5h3v13h-3zM8.5 3.5h3v13h-3zM13.2 4.4l2.8-.7 2 12.1-2.8.7z',
  list: 'M7 5h10M7 10h10M7 15h10M3.5 5v.1M3.5 10v.1M3.5 15v.1',
  menu: 'M3.5 5.5h13M3.5 10h13M3.5 14.5h13',
  minus: 'M4 10h12',
  moon: 'M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z',
  palette:
    'M10 3a7 7 0 1 0 .6 14c1.3-.2.8-1.6.4-2.3-.5-1 .2-2.2 1.4-2.2h1.9c1.6 0 2.7-1.2 2.7-2.8C17 5.8 13.9 3 10 3zM6.5 9.6v.1M9.2 6.5v.1M12.8 7v.1',
  pause: 'M7 5v10M13 5v10',
  play: 'M6 4.2 15.5 10 6 15.8z',
  plus: 'M10 4v12M4 10h12',
  redo: 'M16 8H8a4 4 0 0 0 0 8h3M12.5 4.5 16 8l-3.5 3.5',
  refresh: 'M16 10a6 6 0 1 1-1.8-4.3M16 3v4h-4',
  save: 'M4 4h9.5L16 6.5V16H4zM7 4v4h5.5V4M7 16v-4.5h6V16',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4',
  send: 'M3 4.5 17 10 3 15.5 5 10zM5 10h6',
  shield: 'M10 2.8 16 5v5c0 3.6-2.5 6-6 7.2C6.5 16 4 13.6 4 10V5z',
  signOut: 'M8 3.5H4v13h4M8 10h9M13.5 6.5 17 10l-3.5 3.5',
  skip: 'M4 5l6 5-6 5zM11 5l6 5-6 5z',
  stop: 'M5.5 5.5h9v9h-9z',
  sun: 'M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M15.3 4.7l-1.4 1.4M6.1 13.9l-1.4 1.4',
  system: 'M3 4h14v9.5H3zM7 17h6M10 13.5V17',
  tag: 'M3.5 3.5h6l7 7-6 6-7-7zM6.8 6.8v.1',
  trash: 'M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5',
  undo: 'M4 8h8a4 4 0 0 1 0 8H9M7.5 4.5 4 8l3.5 3.5',
  upload: 'M10 13.5V4M6 7.5l4-4 4 4M4 16.5h12',
  zap: 'M11 2.5 4.5 11.5H9l-1 6 7-9.5h-4.6z',
} as const;

export type IconName = keyof typeof PATHS;

/** True for names this set draws; others fall back to a plain box. */
export function isIconName(name: string): name is IconName {
  return Object.hasOwn(PATHS, name);
}

/** A drawn sign beside a text. Decorative: the text says the same. */
export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      className={className}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
