using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>A way to lay out migrations in a folder. A new format is one file that implements this and one line in <see cref="FormatChoice"/>.</summary>
internal interface IMigrationFormat
{
    /// <summary>The name in the configuration.</summary>
    string Name { get; }

    /// <summary>What its files look like, for messages.</summary>
    string Looks { get; }

    /// <summary>Whether <see cref="Read"/> gives the order in which migrations run, from a plan or changelog; otherwise their versions do.</summary>
    bool KeepsOrder => false;

    /// <summary>Whether it can read the one file that the configuration names instead of a folder: a plan, a changelog, a dump.</summary>
    bool ReadsFile => false;

    /// <summary>The files of a new migration, with paths below the folder; none when only the tool itself can make one, from a model or with a plan.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="slug">Its name, words joined by underscores.</param>
    /// <param name="series">What is there.</param>
    IReadOnlyList<(string File, string Text)> NewFiles(string version, string slug, MigrationSeries series) => [];

    /// <summary>Looks whether a folder is in this format; null when it is not. It opens a few files at most.</summary>
    FormatClaim? Claim(SeriesFolder folder);

    /// <summary>Reads all migrations.</summary>
    /// <exception cref="Kernel.Errors.LockkeeperException">A name or file is not as the format wants it.</exception>
    IReadOnlyList<Migration> Read(SeriesFolder folder);
}
