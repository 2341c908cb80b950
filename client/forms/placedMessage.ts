/** A finding at a place of the data that a form shows there. */
export interface PlacedMessage {
  /** JSON pointer into the data, `/samples`. */
  path: string;
  message: string;
}
