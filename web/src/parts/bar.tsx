/** A share of one, as a bar. Whoever shows it says the number beside it: the bar itself is not read out. */
export function Bar({ share, strong = false }: { readonly share: number; readonly strong?: boolean }) {
  return (
    <span class={strong ? "bar strong" : "bar"} aria-hidden="true">
      <span style={{ width: `${Math.max(0.4, Math.min(1, share) * 100)}%` }} />
    </span>
  );
}
