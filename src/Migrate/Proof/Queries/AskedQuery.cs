using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Proof.Queries;

/// <summary>A statement of an application.</summary>
/// <param name="Text">Its text, with <c>$1</c>, <c>$2</c>, … for values.</param>
/// <param name="CallsPerHour">How often it is sent; null when not known.</param>
/// <param name="At">Where it stands in the file of new statements; null for one that the target has seen.</param>
internal sealed record AskedQuery(string Text, double? CallsPerHour, SourcePosition? At);
