/** One thing that the doctor looked at. `fix` says what to change. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'advice' | 'missing';
  readonly detail: string;
  readonly fix?: string;
}
