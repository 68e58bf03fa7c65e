using System.Globalization;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>Says how far pgBackRest has come from the lines that it writes for each file: <c>backup file … (1GB, 45.67%) checksum …</c>, the size being that file's and the share that of all bytes.</summary>
/// <param name="words">What is done.</param>
/// <param name="progress">Hears it.</param>
/// <param name="clock">Measures the speed.</param>
internal sealed partial class CopyProgress(string words, IProgressSink progress, TimeProvider clock)
{
    /// <summary>Before so much is done, a guess of the rest says nothing.</summary>
    private const double LeastShare = 2;

    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(2);

    private readonly long started = clock.GetTimestamp();
    private double bytes;

    /// <summary>Takes a line of the program's output.</summary>
    public void Follow(string line)
    {
        if (File().Match(line) is not { Success: true } match)
            return;
        // Lines of several processes come in any order, each with the share at its end.
        bytes += double.Parse(match.Groups["size"].ValueSpan, CultureInfo.InvariantCulture) * Factor(match.Groups["unit"].Value);
        var share = double.Parse(match.Groups["share"].ValueSpan, CultureInfo.InvariantCulture);
        progress.Now($"{words}: {Restoring.CopyFolder.Size((long)bytes)}{Left(share)}", (long)share, 100);
    }

    private string Left(double share)
    {
        var took = clock.GetElapsedTime(started);
        return share < LeastShare || took < LeastTime ? "" : $", about {Durations.Words(TimeSpan.FromSeconds(Math.Ceiling(took.TotalSeconds / share * (100 - share))))} left";
    }

    private static double Factor(string unit) => unit switch { "KB" => 1L << 10, "MB" => 1L << 20, "GB" => 1L << 30, "TB" => 1L << 40, _ => 1 };

    [GeneratedRegex(@"\((?<size>\d+(\.\d+)?)(?<unit>B|KB|MB|GB|TB), (?<share>\d+(\.\d+)?)%\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex File();
}
