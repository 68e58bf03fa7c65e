using System.Globalization;

namespace Lockkeeper.Server.Git;

/// <summary>A commit, and the files that it added.</summary>
/// <param name="Id">Its full id.</param>
/// <param name="At">When it was made.</param>
/// <param name="Subject">The first line of its message.</param>
/// <param name="Added">The files, from the project's folder.</param>
internal sealed record CommitFiles(string Id, DateTimeOffset At, string Subject, IReadOnlyList<string> Added)
{
    /// <summary>The id as people write it.</summary>
    public string Short => Id[..Math.Min(8, Id.Length)];

    /// <summary>Reads what <c>git log --format=%H%x02%cI%x02%s --name-only</c> writes of one commit.</summary>
    public static CommitFiles Parse(string text)
    {
        var lines = text.Split('\n');
        var head = lines[0].Split('\u0002');
        return new CommitFiles(head[0], DateTimeOffset.Parse(head[1], CultureInfo.InvariantCulture), head.ElementAtOrDefault(2) ?? "", [.. lines.Skip(1).Where(line => line.Length > 0)]);
    }
}
