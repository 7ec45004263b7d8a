/** How urgent a request is: who goes first where there is not room for all. */
export type Priority = 'critical' | 'normal' | 'background';

/** The most urgent first. */
export const PRIORITIES: readonly Priority[] = ['critical', 'normal', 'background'];
