// How much of a picture the header of a WhatsApp message cuts off.

/** Width to height of the header. */
export const HEADER_RATIO = 1.91;

/** What the crop to the header's shape loses: the share of the area (0 to 1), and from which sides. */
export function measureCrop(width: number, height: number): { lost: number; sides: string; isWide: boolean } {
  const ratio = width / height;
  return ratio < HEADER_RATIO
    ? { lost: 1 - ratio / HEADER_RATIO, sides: 'at the top and the bottom', isWide: false }
    : { lost: 1 - HEADER_RATIO / ratio, sides: 'on the left and the right', isWide: true };
}
