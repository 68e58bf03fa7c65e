using System.Runtime.InteropServices;

namespace Lockkeeper.Observe.Query;

/// <summary>One value of a series.</summary>
/// <param name="Time">Milliseconds since 1970-01-01 UTC.</param>
/// <param name="Value">The value.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Point(long Time, double Value)
{
    /// <summary>The value that says that a series has ended, as Prometheus writes it: a NaN of its own.</summary>
    public static readonly double Stale = BitConverter.Int64BitsToDouble(0x7ff0000000000002);

    /// <summary>Whether the series has ended here.</summary>
    public bool IsStale => BitConverter.DoubleToInt64Bits(Value) == BitConverter.DoubleToInt64Bits(Stale);
}

/// <summary>A series: labels and values in the order of time.</summary>
/// <param name="Labels">The labels with the metric's name.</param>
/// <param name="Points">The values.</param>
public sealed record Series(LabelSet Labels, IReadOnlyList<Point> Points);

/// <summary>The value of a series at one moment.</summary>
/// <param name="Labels">The labels.</param>
/// <param name="Value">The value.</param>
public sealed record VectorSample(LabelSet Labels, double Value);

/// <summary>Where series are read from.</summary>
public interface ISeriesSource
{
    /// <summary>The series of a selector with their points after <paramref name="from"/> up to and with <paramref name="to"/>; those without a point in that time may be left out.</summary>
    /// <param name="selector">Which series.</param>
    /// <param name="from">Milliseconds since 1970; not part of it.</param>
    /// <param name="to">Milliseconds since 1970.</param>
    IEnumerable<Series> Select(SeriesSelector selector, long from, long to);
}
