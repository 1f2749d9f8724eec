/** Whether the next one belongs to the sample. */
export type Sampler = () => boolean;

/** Takes each with the same probability, apart from every other, so that no rhythm of the traffic can bias the sample. share: 0 to 1 */
export function sampler(share: number, random: () => number = Math.random): Sampler {
  return () => random() < share;
}
