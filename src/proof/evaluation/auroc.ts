/**
 * Area under the ROC curve: how often one of `positives` has a higher score than one of `negatives`, over all pairs; a tie
 * counts half. Mann and Whitney's U by ranks, so exact with ties, in O(n log n). NaN when one of the two is empty.
 */
export function auroc(positives: readonly number[], negatives: readonly number[]): number {
  const scores = [
    ...positives.map((score) => ({ score, positive: true })),
    ...negatives.map((score) => ({ score, positive: false })),
  ].sort((a, b) => a.score - b.score);
  let rankSum = 0; // of the positives; equal scores share the mean of their ranks, which begin at 1
  for (let from = 0, to = 1; from < scores.length; from = to++) {
    while (scores[to]?.score === scores[from]?.score) to++;
    rankSum += scores.slice(from, to).filter(({ positive }) => positive).length * ((from + 1 + to) / 2);
  }
  const u = rankSum - (positives.length * (positives.length + 1)) / 2;
  return u / (positives.length * negatives.length);
}
