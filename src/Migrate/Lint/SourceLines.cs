using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Lint;

/// <summary>The lines that findings of one script point at.</summary>
/// <param name="folder">The folder that files are shown from.</param>
/// <param name="script">The script, whose text is known already.</param>
internal sealed class SourceLines(string folder, MigrationScript script)
{
    private string? file;
    private string[] lines = [];

    /// <summary>The line of a place; empty when it cannot be read any more.</summary>
    public string Of(SourcePosition at)
    {
        if (at.File == script.File && script is { FirstLine: 1, Large: null, Parts: null } && InText(at.Line) is { } known)
            return known;
        if (file != at.File)
        {
            file = at.File;
            try
            {
                lines = File.ReadAllLines(Path.Combine(folder, file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                lines = [];
            }
        }

        return at.Line >= 1 && at.Line <= lines.Length ? lines[at.Line - 1] : "";
    }

    /// <summary>A line of the script's text; null when it has not as many: the file may go on behind the script.</summary>
    private string? InText(int line)
    {
        var (text, start) = (script.Text, 0);
        for (; line > 1; line--)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0)
                return null;
            start = end + 1;
        }

        var stop = text.IndexOf('\n', start);
        return stop < 0 ? null : text[start..stop];
    }
}
