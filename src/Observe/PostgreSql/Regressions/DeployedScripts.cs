using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Observe.Regressions;

namespace Lockkeeper.Observe.PostgreSql.Regressions;

/// <summary>The statements of what was deployed.</summary>
internal static class DeployedScripts
{
    private const int MostStatements = 500;
    private const int MostCharacters = 2_000;

    public static IReadOnlyList<DeployedStatement> Statements(IReadOnlyList<(string File, int FirstLine, string Text)> scripts)
    {
        var statements = new List<DeployedStatement>();
        foreach (var (file, line, text) in scripts)
        {
            try
            {
                statements.AddRange(SqlSplitter.Split(text, file, line).Take(MostStatements).Select(one => new DeployedStatement(file, one.At.Line, one.Text.Length <= MostCharacters ? one.Text : one.Text[..MostCharacters])));
            }
            catch (LockkeeperException)
            {
                // It was applied, so the server knows better; its file is named, without a line.
                statements.Add(new DeployedStatement(file, line, text.Length <= MostCharacters ? text : text[..MostCharacters]));
            }
        }

        return statements;
    }
}
