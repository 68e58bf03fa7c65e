using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Fix;

/// <summary>A migration's file before and after its fix.</summary>
/// <param name="Fix">The fix.</param>
/// <param name="Path">Where the file is.</param>
/// <param name="Before">Its text with LF line ends.</param>
/// <param name="After">Its text as it should be.</param>
/// <param name="Script">The script's part of the new text.</param>
internal sealed record FixedFile(ScriptFix Fix, string Path, string Before, string After, string Script)
{
    /// <summary>Puts the edits into the file of a migration.</summary>
    /// <param name="fix">The fix.</param>
    /// <param name="folder">The folder that files are shown from.</param>
    /// <param name="format">The series' format.</param>
    /// <param name="reason">Why it cannot be done; null when it can.</param>
    /// <returns>Null when the file cannot be edited in place.</returns>
    public static FixedFile? Of(ScriptFix fix, string folder, string format, out string? reason)
    {
        var script = fix.Migration.Up;
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, script.File));
        reason = null;
        if (fix.Edits.Count == 0 && !fix.CommitsEach)
            return null;
        if (script.Parts is not null || !File.Exists(path))
        {
            reason = "it is put together from several places, and has to be changed by hand";
            return null;
        }

        var before = MigrationScript.ReadText(path, script.File);
        var start = StartOfLine(before, script.FirstLine);
        if (start < 0 || !before.AsSpan(start).StartsWith(script.Text))
        {
            reason = "its text is not in the file as it stands there, and has to be changed by hand";
            return null;
        }

        var text = script.Text;
        foreach (var edit in fix.Edits.OrderByDescending(edit => edit.Start))
            text = string.Concat(text.AsSpan(0, edit.Start), edit.Text, text.AsSpan(edit.End));
        var after = string.Concat(before.AsSpan(0, start), text, before.AsSpan(start + script.Text.Length));
        return !fix.CommitsEach || script.NoTransaction ? new FixedFile(fix, path, before, after, text)
            : NoTransactionMark.Add(after, format) is { } marked ? new FixedFile(fix, path, before, marked, text)
            : Refuse($"a file of the format {format} cannot say for itself that its statements commit one by one", out reason);
    }

    /// <summary>The migration as the fixed file has it, for a second look.</summary>
    public Migration Migration
    {
        get
        {
            var old = Fix.Migration.Up;
            var line = After.AsSpan(0, After.IndexOf(Script, StringComparison.Ordinal)).Count('\n') + 1;
            return Fix.Migration with { Up = MigrationScript.Of(Script, old.File, line) with { Style = old.Style, ReplacePlaceholders = old.ReplacePlaceholders, NoTransaction = Fix.CommitsEach || old.NoTransaction, Timeout = old.Timeout } };
        }
    }

    /// <summary>Writes the new text, with the line ends that the file has.</summary>
    /// <param name="cancel">Gives up.</param>
    public async Task WriteAsync(CancellationToken cancel)
    {
        var hasCarriageReturns = (await File.ReadAllTextAsync(Path, cancel)).Contains("\r\n", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path, hasCarriageReturns ? After.Replace("\n", "\r\n", StringComparison.Ordinal) : After, cancel);
    }

    private static FixedFile? Refuse(string words, out string? reason)
    {
        reason = words;
        return null;
    }

    private static int StartOfLine(string text, int line)
    {
        var at = 0;
        for (var i = 1; i < line; i++)
        {
            at = text.IndexOf('\n', at) + 1;
            if (at == 0)
                return -1;
        }

        return at;
    }
}
