// Grades of a value, and how a station shows its own: colour and size together, so that neither stands alone.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// As the server grades a mean: rounded half up to whole numbers.
export function gradeOf(scale, value) {
  if (value === null || scale.length === 0) return null;
  const whole = Math.floor(value + 0.5);
  const found = scale.findIndex((one) => one.high === null || whole <= one.high);
  return found < 0 ? scale.length - 1 : found;
}

// `size` makes up for a small screen, on which the whole map shrinks.
export function mark(dot, shore, grade, scale, size) {
  const shape = dot.element.firstElementChild;
  const reach = size * (grade === null ? 2 : 3.4 + grade * 0.9);
  if (shore === "KR") {
    shape.setAttribute("r", reach);
  } else {
    shape.setAttribute("x", dot.x - reach);
    shape.setAttribute("y", dot.y - reach);
    shape.setAttribute("width", 2 * reach);
    shape.setAttribute("height", 2 * reach);
  }
  dot.element.setAttribute("class", `dot ${shore}${grade === null ? "" : ` has ${scale[grade].shade}`}`);
}
