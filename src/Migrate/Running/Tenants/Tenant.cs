using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>One of many places that a database of the project has in an environment: a database, or a schema of one.</summary>
/// <param name="Name">Its name in reports and for <c>--tenant</c>: the schema, the database, or where a URL leads to.</param>
/// <param name="Url">The connection URL, secrets resolved.</param>
/// <param name="Schema">The schema; empty when the tenant has the whole database.</param>
/// <param name="At">Where it is listed; null when a query returned it.</param>
internal sealed record Tenant(string Name, string Url, string Schema, SourcePosition? At);
