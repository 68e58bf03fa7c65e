namespace Lockkeeper.Migrate.Verbs;

/// <summary>What a release does to the statements of applications.</summary>
/// <param name="Checked">How many statements that the target has seen were asked about.</param>
/// <param name="PlansCompared">Whether plans were compared, with the target's sizes.</param>
/// <param name="Changed">Those of them that fail or change.</param>
/// <param name="New">All statements of the file; null without one.</param>
/// <param name="DeployOrder">What may go out first: any, migrations_first, application_first, or none; null without new statements.</param>
internal sealed record ProvedQueries(int Checked, bool PlansCompared, IReadOnlyList<ProvedQuery> Changed, IReadOnlyList<ProvedQuery>? New, string? DeployOrder);

/// <summary>A statement before and after the migrations.</summary>
/// <param name="Sql">Its text.</param>
/// <param name="At">Its place in the file; null for one that the target has seen.</param>
/// <param name="CallsPerHour">How often it is sent; null when not known.</param>
/// <param name="Since">The migration that changes it first; null when none does, or when which one is not known.</param>
/// <param name="Before">On the schema as it is.</param>
/// <param name="After">After the migrations.</param>
internal sealed record ProvedQuery(string Sql, string? At, double? CallsPerHour, string? Since, ProvedAnswer Before, ProvedAnswer After);

/// <summary>What the server says to a statement.</summary>
/// <param name="Error">Why it fails; null when it works.</param>
/// <param name="Parameters">The types of its parameters.</param>
/// <param name="Columns">The columns of its result with their types.</param>
/// <param name="Plan">How tables are read and joined; null when not compared.</param>
/// <param name="Cost">The planner's estimate.</param>
internal sealed record ProvedAnswer(string? Error, IReadOnlyList<string> Parameters, IReadOnlyList<string> Columns, IReadOnlyList<string>? Plan, double? Cost);
