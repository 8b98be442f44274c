import { faded } from './theme.js';

/** Above this many trades on screen only their lines are drawn. */
const MANY = 400;

/** Draws trades on the candle series: entry and exit joined by a line in the colour of the result, stop and target. */
export class TradesPrimitive {
  constructor(trades, colours) {
    this.trades = trades;
    this.colours = colours;
    this.selected = -1;
    /** From a bar's index to its place on the axis, of the level that is shown. */
    this.place = (bar) => bar;
    this.view = { zOrder: () => 'top', renderer: () => ({ draw: (target) => this.draw(target) }) };
  }

  attached({ chart, series, requestUpdate }) {
    this.chart = chart;
    this.series = series;
    this.update = requestUpdate;
  }

  paneViews() {
    return [this.view];
  }

  draw(target) {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const scale = this.chart.timeScale();
      const range = scale.getVisibleLogicalRange();
      if (!range) return;
      const visible = [];
      this.trades.forEach((trade, i) => {
        if (this.place(trade.exitBar) >= range.from - 1 && this.place(trade.entryBar) <= range.to + 1) visible.push(i);
      });
      const spacing = mediaSize.width / Math.max(1, range.to - range.from);
      const detailed = visible.length <= MANY;
      context.save();
      for (const i of visible)
        if (i !== this.selected) this.drawTrade(context, this.trades[i], false, detailed, spacing);
      const chosen = this.trades[this.selected];
      if (chosen && visible.includes(this.selected)) this.drawTrade(context, chosen, true, true, spacing);
      context.restore();
    });
  }

  /** Where a bar lies across the screen; the axis itself knows whole candles only. */
  across(bar) {
    const scale = this.chart.timeScale();
    const place = this.place(bar);
    const below = Math.floor(place);
    const left = scale.logicalToCoordinate(below);
    if (left === null || place === below) return left;
    return left + (scale.logicalToCoordinate(below + 1) - left) * (place - below);
  }

  drawTrade(context, trade, chosen, detailed, spacing) {
    const x1 = this.across(trade.entryBar);
    const x2 = this.across(trade.exitBar);
    const y1 = this.series.priceToCoordinate(trade.entryPrice);
    const y2 = this.series.priceToCoordinate(trade.exitPrice);
    if (x1 === null || x2 === null || y1 === null || y2 === null) return;
    const { gain, loss, accent } = this.colours;
    const colour = trade.profit > 0 ? gain : loss;
    if (chosen || (detailed && spacing >= 3)) {
      this.drawLevel(context, x1, x2, y1, trade.stop, loss, chosen);
      this.drawLevel(context, x1, x2, y1, trade.target, gain, chosen);
    }
    context.strokeStyle = colour;
    context.lineWidth = chosen ? 2.5 : detailed ? 1.75 : 1;
    context.setLineDash(trade.open ? [4, 3] : []);
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
    context.setLineDash([]);
    if (!detailed) return;
    const size = chosen ? 8 : spacing >= 3 ? 6 : 4;
    this.drawArrow(context, x1, y1, trade.side, size, chosen ? accent : this.colours.ink);
    context.fillStyle = colour;
    context.strokeStyle = this.colours.background;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x2, y2, size * 0.65, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }

  /** A stop or target from entry to exit; of the chosen trade with the area up to it. */
  drawLevel(context, x1, x2, yEntry, price, colour, chosen) {
    if (price === null) return;
    const y = this.series.priceToCoordinate(price);
    if (y === null) return;
    const right = Math.max(x2, x1 + 4);
    if (chosen) {
      context.fillStyle = faded(colour, 0.13);
      context.fillRect(x1, Math.min(y, yEntry), right - x1, Math.abs(y - yEntry));
    }
    context.strokeStyle = faded(colour, chosen ? 0.95 : 0.6);
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(x1, y);
    context.lineTo(right, y);
    context.stroke();
    context.setLineDash([]);
  }

  /** A triangle that points at the entry price: from below for a long, from above for a short. */
  drawArrow(context, x, y, side, size, colour) {
    const base = y + side * size * 1.9;
    context.fillStyle = colour;
    context.strokeStyle = this.colours.background;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, y + side * 2);
    context.lineTo(x - size * 0.8, base);
    context.lineTo(x + size * 0.8, base);
    context.closePath();
    context.stroke();
    context.fill();
  }
}
