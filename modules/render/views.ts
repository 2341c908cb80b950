/** Sides a product is usually shown from, as angles of the camera. */
export const VIEWS = {
  front: { azimuthDeg: 0, elevationDeg: 0 },
  right: { azimuthDeg: 90, elevationDeg: 0 },
  back: { azimuthDeg: 180, elevationDeg: 0 },
  left: { azimuthDeg: -90, elevationDeg: 0 },
  top: { azimuthDeg: 0, elevationDeg: 90 },
  bottom: { azimuthDeg: 0, elevationDeg: -90 },
  three_quarter_right: { azimuthDeg: 35, elevationDeg: 24 },
  three_quarter_left: { azimuthDeg: -35, elevationDeg: 24 },
  isometric: { azimuthDeg: 45, elevationDeg: 35.264 },
} as const;
export type View = keyof typeof VIEWS;
