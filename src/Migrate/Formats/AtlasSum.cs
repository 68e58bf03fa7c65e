using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Holds <c>atlas.sum</c> against the files, byte for byte as Atlas does.</summary>
/// <remarks>
/// Source: sql/migrate/dir.go of Atlas, NewHashFile and HashFile.Sum. A line a file: SHA-256 over the names and bytes of all files up to it, in the
/// order of their names; the first line: SHA-256 over all names and hashes. Because each hash covers the files before, the first line that does not fit names the file.
/// </remarks>
internal static partial class AtlasSum
{
    public const string FileName = "atlas.sum";

    private const string Prefix = "h1:";

    private const string Hint = "If the change is meant, let 'atlas migrate hash' write the file anew; Windows line ends count as a change.";

    /// <summary>Compares.</summary>
    /// <exception cref="LockkeeperException">A file was edited, added or removed since the sum was written, or the sum itself was.</exception>
    public static void Check(SeriesFolder folder)
    {
        var files = folder.TopFiles.ToList();
        if (!folder.Has(FileName))
        {
            if (files.Count == 0)
                return;
            throw new LockkeeperException(MigrateErrors.SumMismatch, $"{folder.Show(FileName)} is not there", "Let 'atlas migrate hash' write it.", new SourcePosition(folder.Show(FileName), 1, 1));
        }

        var computed = Compute(folder, files);
        var (total, recorded) = Read(folder);
        for (var i = 0; i < Math.Max(computed.Count, recorded.Count); i++)
        {
            if (i < computed.Count && i < recorded.Count && computed[i] == recorded[i])
                continue;
            throw Differs(folder, i < computed.Count ? computed[i].File : null, i < recorded.Count ? recorded[i].File : null, i + 2);
        }

        if (total != Total(recorded))
            throw new LockkeeperException(MigrateErrors.SumMismatch, $"the first line of {folder.Show(FileName)} does not fit the lines below it", Hint, new SourcePosition(folder.Show(FileName), 1, 1));
    }

    /// <summary>The files that a sum names, with their hashes. It is one that fits: <see cref="Check"/> has seen it.</summary>
    public static IEnumerable<(string File, string Hash)> Lines(string sum) =>
        ScriptLine.Of(sum).Skip(1).Select(line => line.Text.Split(Prefix, 2)).Where(parts => parts.Length == 2).Select(parts => (parts[0].Trim(), parts[1]));

    private static List<(string File, string Hash)> Compute(SeriesFolder folder, List<string> files)
    {
        var lines = new List<(string, string)>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            var bytes = MigrationScript.ReadBytes(folder.FullPath(file), folder.Show(file));
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            // A file that is left out still counts with its name.
            if (IsIgnored(bytes))
                continue;
            hash.AppendData(bytes);
            lines.Add((file, Convert.ToBase64String(hash.GetCurrentHash())));
        }

        return lines;
    }

    private static string Total(List<(string File, string Hash)> lines) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line.File + line.Hash)))));

    private static (string Total, List<(string File, string Hash)> Lines) Read(SeriesFolder folder)
    {
        var lines = ScriptLine.Of(MigrationScript.ReadText(folder.FullPath(FileName), folder.Show(FileName))).ToList();
        var entries = new List<(string, string)>();
        foreach (var line in lines.Skip(1))
        {
            var at = line.Text.IndexOf(Prefix, StringComparison.Ordinal);
            if (at < 0)
                throw new LockkeeperException(MigrateErrors.SumMismatch, $"'{line.Text}' is not a line of {FileName}", Hint, new SourcePosition(folder.Show(FileName), line.Number, 1));
            entries.Add((line.Text[..at].Trim(), line.Text[(at + Prefix.Length)..]));
        }

        var first = lines.Count > 0 ? lines[0].Text : "";
        return (first.StartsWith(Prefix, StringComparison.Ordinal) ? first[Prefix.Length..] : first, entries);
    }

    private static LockkeeperException Differs(SeriesFolder folder, string? file, string? recorded, int line)
    {
        var sum = folder.Show(FileName);
        if (file is not null && file == recorded)
            return new LockkeeperException(MigrateErrors.SumMismatch, $"{folder.Show(file)} is not the file that {sum} was written for", Hint, new SourcePosition(folder.Show(file), 1, 1));
        return file is not null && (recorded is null || string.CompareOrdinal(file, recorded) < 0)
            ? new LockkeeperException(MigrateErrors.SumMismatch, $"{folder.Show(file)} is not in {sum}", Hint, new SourcePosition(folder.Show(file), 1, 1))
            : new LockkeeperException(MigrateErrors.SumMismatch, $"{sum} names {recorded}, which is not there", "Put the file back, or let 'atlas migrate hash' write the sum anew.", new SourcePosition(sum, line, 1));
    }

    private static bool IsIgnored(byte[] bytes) => Ignored().IsMatch(Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 200))));

    // As Atlas' own pattern: at the start of the file, after anything printable on the same line.
    [GeneratedRegex(@"\A[ -~]*atlas:sum +ignore *(\r?\n|\z)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ignored();
}
