export const n = (count: number, one: string, more: string) =>
  `${count} ${count === 1 ? one : more}`;
export const days = (count: number) => n(count, 'Tag', 'Tage');
