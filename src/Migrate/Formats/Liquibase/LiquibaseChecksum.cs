using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Liquibase's checksums of version 9, which 4.22 and later write into MD5SUM of DATABASECHANGELOG.</summary>
/// <remarks>Source: liquibase.change.CheckSum, liquibase.change.AbstractSQLChange and liquibase.changelog.ChangeSet of Liquibase 4.28.</remarks>
internal static class LiquibaseChecksum
{
    private const string Version = "9:";

    /// <summary>The checksum of a changeset; null when one of its changes has one that only Liquibase can tell.</summary>
    public static string? Of(Changeset changeset) =>
        changeset.Changes.Any(change => change.Checksum is null) ? null : OfText(string.Concat(changeset.Changes.Select(change => change.Checksum + ":")));

    /// <summary>The checksum of SQL: blanks, tabs and line ends do not count.</summary>
    public static string OfSql(string sql) => Md5(WithoutBlanks(sql));

    /// <summary>The checksum of a text that Liquibase made.</summary>
    public static string OfText(string text) => Md5(text.Replace("\uFFFD", "", StringComparison.Ordinal).Normalize(NormalizationForm.FormC));

    /// <summary>SQL without the characters that do not count.</summary>
    public static string WithoutBlanks(string sql) => string.Concat(sql.Where(c => c is not (' ' or '\n' or '\r' or '\t')));

#pragma warning disable CA5351 // Liquibase's algorithm; nothing is kept safe by it.
    private static string Md5(string text) => Version + Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
