/**
 * Reads a column that packing.ts wrote.
 * @param {{ n: number, scale: number, data: string }} column
 */
export function unpack(column) {
  const text = atob(column.data);
  const out = new Float64Array(column.n);
  let at = 0;
  let whole = 0;
  for (let i = 0; i < out.length; i++) {
    let code = 0;
    let factor = 1;
    let byte = 128;
    while (byte >= 128) {
      byte = text.charCodeAt(at++);
      code += (byte % 128) * factor;
      factor *= 128;
    }
    if (code === 0) {
      out[i] = Number.NaN;
      continue;
    }
    const zigzag = code - 1;
    whole += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    out[i] = whole / column.scale;
  }
  return out;
}
