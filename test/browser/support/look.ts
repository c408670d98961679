/** How somebody looks at a page. */
export interface Look {
  readonly scheme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

export const desk: Look = { scheme: 'light', width: 1440, height: 900 };
export const night: Look = { ...desk, scheme: 'dark' };
export const phone: Look = { scheme: 'light', width: 390, height: 844 };
export const looks = { light: desk, dark: night, phone, 'phone-dark': { ...phone, scheme: 'dark' } } as const;
