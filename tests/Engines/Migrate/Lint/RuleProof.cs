namespace Lockkeeper.Tests.Engines.Migrate.Lint;

/// <summary>What a rule says that statements do, in a form that a server can confirm.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Setup">What is there before, with its rows.</param>
/// <param name="Bad">What the rule finds, run in one transaction.</param>
/// <param name="Claims">What the bad statements do: all of it, and no good transaction does all of it.</param>
/// <param name="Good">What the rule does not find, a transaction each in order; one that cannot run in a transaction runs by itself.</param>
public sealed record RuleProof(string Rule, string Setup, string Bad, Claim[] Claims, params string[] Good)
{
    public override string ToString() => $"{Rule}: {Bad}";
}

/// <summary>One thing that a transaction does.</summary>
/// <param name="Relation">The table or index.</param>
/// <param name="Mode">The lock that it has at the end, in the words of pg_locks; empty for any.</param>
/// <param name="Work">What it does to the relation's rows.</param>
public sealed record Claim(string Relation, string Mode, RowsWork Work = RowsWork.None);

public enum RowsWork
{
    /// <summary>Nothing that takes long.</summary>
    None,

    /// <summary>It reads all of them: pg_stat_xact_all_tables counts them.</summary>
    Scan,

    /// <summary>It writes them anew: another file.</summary>
    Rewrite,
}
