namespace Lockkeeper.Migrate.Adoption;

/// <summary>What the adopted tool's table has to hear of when a migration is applied or undone.</summary>
/// <param name="Adoption">Whose table.</param>
/// <param name="Entry">The migration.</param>
internal sealed record ForeignMirror(AdoptionRecord Adoption, ForeignEntry Entry);
