// Line icons on a 24 x 24 grid, drawn for this app.
const paths = {
  today: 'M12 6.5v5.5l3.5 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
  days: 'M4 6.5h16v13H4zM4 10.5h16M8.5 4v4M15.5 4v4',
  progress: 'M4 20V4M4 20h16M8 16v-4M12.5 16V8M17 16v-6',
  settings: 'M4 7h9M17 7h3M15 4.8v4.4M4 17h3M11 17h9M9 14.8v4.4M4 12h5M13 12h7M11 9.8v4.4',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  circle: 'M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z',
  next: 'M9 5l7 7-7 7',
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  warn: 'M12 4L2.8 19.5h18.4zM12 10v4.5M12 17.2v.1',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 7.8v.1',
  phone: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2',
  cloud: 'M7 18.5a4 4 0 0 1-.5-8 5.5 5.5 0 0 1 10.7 1.2A3.5 3.5 0 0 1 17 18.5z',
  share: 'M12 15V4M8 7.5L12 4l4 3.5M5 12v8h14v-8',
  pill: 'M7 17a4.2 4.2 0 0 1 0-6l4-4a4.2 4.2 0 0 1 6 6l-4 4a4.2 4.2 0 0 1-6 0zM9 9l6 6',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  envelope: 'M3.5 6h17v12h-17zM3.5 7l8.5 6 8.5-6',
  dot: 'M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10z',
};

export type IconName = keyof typeof paths;

/** An icon beside words; it is never the only thing that says something. */
export function Icon({ name, class: more = '' }: { name: IconName; class?: string }) {
  const turns = name === 'next' || name === 'back' ? ' turns' : '';
  return (
    <svg class={`icon${turns} ${more}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
