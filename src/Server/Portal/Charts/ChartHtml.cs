using System.Globalization;
using System.Text;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Portal.Charts;

/// <summary>A chart as a picture that needs no script, with its legend and a table of the same numbers beside it.</summary>
internal static class ChartHtml
{
    private const int Width = 420;
    private const int Height = 150;
    private const int Left = 58;
    private const int Right = 6;
    private const int Top = 8;
    private const int Bottom = 20;

    /// <summary>The table is to be read, not to be looked at: so many of the moments are enough.</summary>
    private const int MostRows = 12;

    /// <summary>A chart.</summary>
    public static Html Of(Chart chart, ChartTime time)
    {
        var top = Ceiling(chart.Most, chart.Unit);
        return Html.Of($"""
            <figure class="card chart" data-from="{time.From.ToUnixTimeMilliseconds()}" data-step="{(long)time.Step.TotalMilliseconds}" data-unit="{chart.Unit}" data-left="{Left}" data-plot="{Width - Left - Right}">
            <figcaption><b>{chart.Title}</b> <span class="muted">{chart.Help}</span></figcaption>
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{Said(chart)}">
            {Enumerable.Range(0, 3).Select(i => Grid(top * i / 2, top, chart.Unit))}{Hours(time)}
            {(chart.Stacked ? Areas(chart, top) : Lines(chart, top))}{Html.If(chart.Limit is not null, () => Html.Of($"<line class=\"limit\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{N(Y(chart.Limit!.Value, top))}\" y2=\"{N(Y(chart.Limit!.Value, top))}\"/>"))}
            {time.Marks.Select(mark => Mark(mark, time))}<line class="cursor" y1="{Top}" y2="{Height - Bottom}"/></svg>
            <ul class="legend">{chart.Lines.Select((line, i) => Html.Of($"<li class=\"s{i % 10}\" data-values=\"{string.Join(',', line.Values.Select(value => value?.ToString("R", CultureInfo.InvariantCulture)))}\"><i></i>{(line.Name.Length > 0 ? line.Name : chart.Title)} <b>{Quantity.Words(line.Values.LastOrDefault(value => value is not null), chart.Unit)}</b></li>"))}</ul>
            <details><summary>Numbers<span class="hidden"> of {chart.Title}</span></summary>{Table(chart, time)}</details></figure>
            """);
    }

    private static string Said(Chart chart) => $"{chart.Title}: " + string.Join("; ", chart.Lines.Select(line =>
        $"{line.Name} now {Quantity.Words(line.Values.LastOrDefault(value => value is not null), chart.Unit)}, from {Quantity.Words(line.Values.Min(), chart.Unit)} to {Quantity.Words(line.Values.Max(), chart.Unit)}"));

    private static Html Table(Chart chart, ChartTime time)
    {
        var count = chart.Lines.Count == 0 ? 0 : chart.Lines[0].Values.Count;
        var every = Math.Max(1, (count + MostRows - 1) / MostRows);
        var rows = Enumerable.Range(0, count).Where(i => (count - 1 - i) % every == 0);
        return Html.Of($"""
            <div class="wide" tabindex="0"><table><thead><tr><th scope="col">Time (UTC)</th>{chart.Lines.Select(line => Html.Of($"<th scope=\"col\" class=\"number\">{(line.Name.Length > 0 ? line.Name : chart.Title)}</th>"))}</tr></thead>
            <tbody>{rows.Select(i => Html.Of($"<tr><th scope=\"row\">{(time.From + (time.Step * i)).UtcDateTime.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}</th>{chart.Lines.Select(line => Html.Of($"<td class=\"number\">{Quantity.Words(line.Values[i], chart.Unit)}</td>"))}</tr>"))}</tbody></table></div>
            """);
    }

    private static Html Grid(double value, double top, string unit) => Html.Of($"""
        <line class="grid" x1="{Left}" x2="{Width - Right}" y1="{N(Y(value, top))}" y2="{N(Y(value, top))}"/><text x="{Left - 6}" y="{N(Y(value, top) + 4)}" text-anchor="end">{Quantity.Words(value, unit)}</text>
        """);

    /// <summary>Round times below, about four of them.</summary>
    private static IEnumerable<Html> Hours(ChartTime time)
    {
        var all = time.To - time.From;
        long[] minutes = [1, 5, 15, 30, 60, 120, 360, 720, 1440, 2880, 10_080, 20_160, 43_200];
        var step = TimeSpan.FromMinutes(minutes.FirstOrDefault(one => all.TotalMinutes / one <= 4.5, minutes[^1]));
        var first = new DateTimeOffset((time.From.UtcTicks + step.Ticks - 1) / step.Ticks * step.Ticks, TimeSpan.Zero);
        for (var at = first; at <= time.To; at += step)
        {
            var x = X(at, time);
            if (x is > Left + 12 and < Width - 20)
                yield return Html.Of($"<text x=\"{N(x)}\" y=\"{Height - 5}\" text-anchor=\"middle\">{at.UtcDateTime.ToString(step >= TimeSpan.FromDays(1) ? "MM-dd" : "HH:mm", CultureInfo.InvariantCulture)}</text>");
        }
    }

    private static Html Mark(ChartMark mark, ChartTime time) => mark.At < time.From || mark.At > time.To + time.Step ? Html.None : Html.Of($"""
        <g class="mark"><line x1="{N(X(mark.At, time))}" x2="{N(X(mark.At, time))}" y1="{Top}" y2="{Height - Bottom}"/><title>{mark.At.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} {mark.Words}</title></g>
        """);

    private static Html Lines(Chart chart, double top) => Html.Join(chart.Lines.Select((line, i) => Html.Of($"<path class=\"line s{i % 10}\" d=\"{Path(line.Values, line.Values.Count, top)}\"/>")));

    /// <summary>A line with gaps where there are no values; a value that stands alone is a dot.</summary>
    private static string Path(IReadOnlyList<double?> values, int count, double top)
    {
        var text = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value)
                continue;
            var begins = i == 0 || values[i - 1] is null;
            text.Append(begins ? 'M' : 'L').Append(N(X(i, count))).Append(' ').Append(N(Y(value, top)));
            if (begins && (i + 1 == values.Count || values[i + 1] is null))
                text.Append("h1");
        }

        return text.ToString();
    }

    private static Html Areas(Chart chart, double top)
    {
        var count = chart.Lines.Count == 0 ? 0 : chart.Lines[0].Values.Count;
        var below = new double[count];
        var pieces = new List<Html>();
        foreach (var (n, line) in chart.Lines.Index())
        {
            var (over, under) = (new StringBuilder(), new StringBuilder());
            for (var i = 0; i < count; i++)
            {
                under.Insert(0, $"L{N(X(i, count))} {N(Y(below[i], top))}");
                below[i] += line.Values[i] ?? 0;
                over.Append(i == 0 ? 'M' : 'L').Append(N(X(i, count))).Append(' ').Append(N(Y(below[i], top)));
            }

            pieces.Add(Html.Of($"<path class=\"area s{n % 10}\" d=\"{over.ToString()}{under.ToString()}Z\"/>"));
        }

        return Html.Join(pieces);
    }

    private static double X(DateTimeOffset at, ChartTime time) => Left + ((Width - Left - Right) * Math.Clamp((at - time.From) / (time.To - time.From), 0, 1));

    private static double X(int i, int count) => Left + ((Width - Left - Right) * (count <= 1 ? 0 : i / (double)(count - 1)));

    private static double Y(double value, double top) => Height - Bottom - ((Height - Bottom - Top) * Math.Clamp(value / top, 0, 1));

    private static string N(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A round number at or above another, so that the half of it is round too.</summary>
    private static double Ceiling(double most, string unit)
    {
        if (most <= 0)
            return unit == "bytes" ? 1024 : 1;
        if (unit == "ratio" && most is > 0.5 and <= 1)
            return 1;
        if (unit.StartsWith("bytes", StringComparison.Ordinal))
            return Math.Pow(2, Math.Ceiling(Math.Log2(most)));
        var power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        return power * new[] { 1.0, 2, 4, 6, 8, 10 }.First(one => most <= (one * power) * (1 + 1e-9) || one == 10);
    }
}
