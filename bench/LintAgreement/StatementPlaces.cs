using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.LintAgreement;

/// <summary>Where the statements of files begin: the linters point at different words of the same statement.</summary>
/// <param name="folder">The folder of the run.</param>
internal sealed class StatementPlaces(string folder)
{
    private readonly Dictionary<string, IReadOnlyList<SqlStatement>> files = new(StringComparer.Ordinal);

    /// <summary>The number of the statement at a place, and its text; the place's line where the file cannot be split.</summary>
    public (int Place, string Text) StatementAt(Verdict verdict)
    {
        var all = Statements(verdict.File);
        if (all.Count == 0)
            return (verdict.Line, "");
        // A comment before the first statement belongs to that one.
        var number = all.Count(one => (one.At.Line, one.At.Column).CompareTo((verdict.Line, verdict.Column)) <= 0);
        return (number, all[Math.Max(number - 1, 0)].Text);
    }

    private IReadOnlyList<SqlStatement> Statements(string file)
    {
        if (!files.TryGetValue(file, out var found))
        {
            try
            {
                found = SqlSplitter.Split(File.ReadAllText(Path.Combine(folder, file)), file);
            }
            catch (LockkeeperException)
            {
                found = [];
            }

            files.Add(file, found);
        }

        return found;
    }
}
