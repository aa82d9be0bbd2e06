// How much of a picture the header of a WhatsApp message cuts off.

/** Width to height of the header. */
export const HEADER_RATIO = 1.91;

/** The share of the area (0 to 1) that the crop to the header's shape loses, and from which sides. */
export function measureCrop(width: number, height: number): { lost: number; sides: string } {
  const ratio = width / height;
  return ratio < HEADER_RATIO
    ? { lost: 1 - ratio / HEADER_RATIO, sides: 'at the top and the bottom' }
    : { lost: 1 - HEADER_RATIO / ratio, sides: 'on the left and the right' };
}
