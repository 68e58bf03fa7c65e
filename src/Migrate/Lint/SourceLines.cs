using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Lint;

/// <summary>Reads the lines that findings point at, one file at a time.</summary>
/// <param name="folder">The folder that files are shown from.</param>
internal sealed class SourceLines(string folder)
{
    private string? file;
    private string[] lines = [];

    /// <summary>The line of a place; empty when it cannot be read any more.</summary>
    public string Of(SourcePosition at)
    {
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
}
