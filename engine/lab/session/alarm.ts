/** An alarm with patience: a measure must stay high for a while, and low for a while to end it. */
export class Alarm {
  /** What its notices are known by. */
  id = "";
  isOn = false;
  private streak = 0;

  constructor(
    private readonly beginsAbove: number,
    private readonly endsBelow: number,
    /** Measures in a row. */
    private readonly patience: number,
  ) {}

  /** `times`: how many measures this one stands for, when it was taken over a longer time. */
  measure(value: number, times = 1): "begins" | "ends" | undefined {
    const leans = this.isOn ? value < this.endsBelow : value > this.beginsAbove;
    this.streak = leans ? this.streak + times : 0;
    if (this.streak < this.patience) return undefined;
    this.streak = 0;
    this.isOn = !this.isOn;
    return this.isOn ? "begins" : "ends";
  }
}
